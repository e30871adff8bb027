"""The layer quality: the errors that were found, and the marks that they leave on the years."""
