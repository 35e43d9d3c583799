"""What a file is, whether it is whole, what it says and how it looks: identification, examination, rendering."""
