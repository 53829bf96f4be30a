"""Text that other programs wrote: in which encoding it is, and tables that people edit."""
