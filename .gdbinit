# How gdb shows what is often looked at here: docs/debugging.md. gdb reads this file by itself once it may:
#   echo "add-auto-load-safe-path $PWD/.gdbinit" >> ~/.config/gdb/gdbinit
source tools/gdb.py
set print pretty on
set pagination off
handle SIGPIPE nostop noprint pass
# Waits in the writer and in sleeping threads are no news.
set print thread-events off
