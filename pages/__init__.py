"""What people see: one thin script a screen, and the parts that screens share."""
