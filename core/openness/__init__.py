"""What the product says about itself to everybody: who sees what, how people are protected, how fresh the data is."""
