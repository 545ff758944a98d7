"""What receipts show together: what is late, missing or contradicts itself."""
