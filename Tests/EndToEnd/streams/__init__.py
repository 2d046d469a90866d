"""Records on their way: from real and scripted streams, through the real binary, to real functions and destinations."""
