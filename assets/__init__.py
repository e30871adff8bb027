"""What the data is: vocabulary, and the layers raw, records, intermediate, marts, published."""
