"""Settings and inputs that the audit tries, one folder for each framework."""
