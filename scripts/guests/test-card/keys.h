/* Keys from the first serial port, waited for in WFI. */
#ifndef KEYS_H
#define KEYS_H

/* Lets the serial port's interrupt wake the CPU. */
void open_keys(void);
/* Waits for a key; its character. */
char wait_for_key(void);

#endif
