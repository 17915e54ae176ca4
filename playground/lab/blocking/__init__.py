"""Workers that may block (threads, processes and subinterpreters): how they carry out ops, and share locks and queues.
May import `recording` and what it imports."""
