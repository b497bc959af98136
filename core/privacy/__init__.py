"""Who may be counted together: reporting units, suppression, the ledger, and the audit that proves it."""
