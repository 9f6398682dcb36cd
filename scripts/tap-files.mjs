/**
 * Runs test files under tap, several at once, each in a process of its own, and writes TAP. The argument: JSON of
 * `{ files: [{ name, path }], jobs, timeout }`, the timeout of one file in seconds.
 */
import t from 'tap';

const { files, jobs, timeout } = JSON.parse(process.argv[2]);
t.setTimeout(0);
t.jobs = jobs;
// tap would load what follows a process's files into each, for a coverage that nobody asks for: it costs half a second.
const node = ['-u', 'NODE_OPTIONS', `TAP_TIMEOUT=${timeout}`, process.execPath, '--enable-source-maps'];
for (const { name, path } of files)
  t.spawn('env', [...node, path], { name, buffered: jobs > 1, timeout: timeout * 1000 });
