"""What stands around Headrace in the tests: servers that play AWS, functions, and the processes that they run in."""
