"""Figures of matplotlib as facts and as pictures, on both sides."""
