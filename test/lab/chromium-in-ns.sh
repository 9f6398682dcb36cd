#!/bin/sh
# playwright's executablePath: the browser lives in the visitor's namespace, and its pipe to playwright outlives the exec.
exec ip netns exec "$CLIENT_NS" "$CHROMIUM" "$@"
