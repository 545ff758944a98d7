"""What customs are told about goods, screened against what is being looked for."""
