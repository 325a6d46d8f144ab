"""How the reader is made: a pretrained transformer taught to read a passage for a question."""
