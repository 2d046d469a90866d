"""S3 and SNS as sources: what they push is accepted, kept on disk, and given to functions asynchronously."""
