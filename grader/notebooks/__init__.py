"""Reading notebooks, without a kernel: any format, any damage, IPython's syntax taken out."""
