"""What the words do: pure text in, findings out."""
