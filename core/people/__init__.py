"""Who works here, where, since when: people, units, spells, assignments."""
