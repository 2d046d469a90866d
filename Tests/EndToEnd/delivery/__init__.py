"""Batches on their way: from real and scripted queues, through the real binary, to real and scripted functions."""
