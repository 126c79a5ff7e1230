"""The version of the program, below all layers."""

__version__ = "0.1.0"
