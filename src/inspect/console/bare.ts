/** What loggers put in front of their lines. */

const PREFIXES: readonly RegExp[] = [
  // Linux printk time, and the caller where CONFIG_PRINTK_CALLER is on; Xen's own.
  /^(?:<\d+>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? ?/,
  /^\(XEN\) (?:\[[^\]]*\] )?/,
  // TF-A and TF-RMM log levels (TF-A include/common/debug.h).
  /^(?:NOTICE|ERROR|WARNING|INFO|VERBOSE): {1,4}/,
  // OP-TEE: level, module, CPU and thread (OP-TEE lib/libutils/ext/trace.c).
  /^[EIDFM]\/T[CA]: ?(?:[0-9?]+ [0-9?]+ |\S* )?/,
];

/** The line without one logger's prefix. */
export function bareLine(text: string): string {
  for (const prefix of PREFIXES) {
    const found = prefix.exec(text);
    if (found !== null) return text.slice(found[0].length);
  }
  return text;
}
