/** A log line without klog's head: severity, time, process id, place in the source. */
export function withoutKlogHead(line: string): string {
  return line.replace(/^[IWEF]\d{4} \S+\s+\d+ \S+\] /, '').trim();
}
