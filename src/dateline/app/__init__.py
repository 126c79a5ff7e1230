"""The case in the browser: where what people see becomes observations, with names, times and blinding."""
