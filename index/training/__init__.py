"""Trains the encoder that travels with the project; never imported when questions are answered."""
