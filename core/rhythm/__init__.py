"""The rhythm of conversations: who talks with whom, when, and what the two keep between them."""
