"""What images are worth: the judge, metrics, samplers compared, tables and pictures."""
