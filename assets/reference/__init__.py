"""The layer reference: the figures that the annual reports print, and their answers in marts."""
