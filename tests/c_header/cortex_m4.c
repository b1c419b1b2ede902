/* The start of a program on an emulated Cortex-M4 (qemu's mps2-an386): the vectors, and the floating-point unit on. */
#include <stdint.h>

extern char stack_top;
void _start(void);
void reset(void);

void reset(void) {
  *(volatile uint32_t *)UINT32_C(0xE000ED88) |= UINT32_C(0xF) << 20; /* access to coprocessors 10 and 11 */
  __asm volatile("dsb\n isb");
  _start();
}
static void stop(void) {
  for (;;) {
  }
}

struct vectors {
  char *stack;
  void (*handlers[15])(void);
};
extern const struct vectors vectors;
__attribute__((section(".vectors"), used)) const struct vectors vectors = {
    &stack_top, {reset, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop, stop}};
