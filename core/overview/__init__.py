"""What matters now, for whoever asks: numbers with trend and verdict, what changed, what needs somebody."""
