"""demur: is a language-model deployment calibrated between refusing and helping?"""
