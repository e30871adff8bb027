"""The data: the vocabulary, and the layers raw, records, intermediate, marts and published."""
