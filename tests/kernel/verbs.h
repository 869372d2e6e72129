/*
 * What a scenario can do: the calls of the two applications, the hand on the path, and waiting.
 *
 * A verb that cannot do what it says ends the scenario as broken. All are about the connection that `dial` began last, or
 * `turn_to` chose.
 */
#ifndef KERNEL_VERBS_H
#define KERNEL_VERBS_H

#include "bed.h"

#include <netinet/tcp.h>

/* ---- Opening ---- */
void serve(struct bed *b, int backlog);
void unserve(struct bed *b);
/* Begins a connection from the next client port, or the port given; does not wait. */
void dial(struct bed *b);
void dial_to(struct bed *b, uint16_t from, uint16_t to);
/* The same from the server to the client, from the listener's port (which must not listen): crossing SYNs. */
void dial_back(struct bed *b);
void answer(struct bed *b);
/* The same with data in the SYN, if the client has a cookie (TCP Fast Open). */
void dial_saying(struct bed *b, size_t bytes);
/* serve if need be, dial, answer. */
void meet(struct bed *b);
void turn_to(struct bed *b, size_t connection);

/* ---- Options, before dial or serve ---- */
/* net.ipv4.NAME on one host. */
void tune(struct bed *b, enum side side, const char *name, const char *value);
/* The listener answers every SYN with a SYN cookie: no request, yet it has answered. */
void use_cookies(struct bed *b);
/* An integer socket option of an open socket, or of the listener. */
void option(struct bed *b, enum side side, int level, int name, int value);
void listener_option(struct bed *b, int level, int name, int value);

/* ---- Talking ---- */
void say(struct bed *b, enum side side, size_t bytes);
void say_urgent(struct bed *b, enum side side);
/* As much as goes without waiting. */
size_t pour(struct bed *b, enum side side, size_t bytes);
/* Reads exactly that many. */
void hear(struct bed *b, enum side side, size_t bytes);
/* Reads until the other's FIN. */
void hear_end(struct bed *b, enum side side);

/* ---- Closing ---- */
void half_close(struct bed *b, enum side side);
void leave(struct bed *b, enum side side);
/* shutdown() of both halves. */
void shut(struct bed *b, enum side side);
/* close() with linger 0: a reset. */
void slam(struct bed *b, enum side side);
/* The socket is gone without a word, as when the host has crashed. */
void vanish(struct bed *b, enum side side);
/* Client leaves, server acknowledges, leaves, all quiet. */
void part(struct bed *b);

/* ---- Waiting ---- */
void rest(unsigned ms);
/* Until the kernel has the side's socket in this state. */
void reach(struct bed *b, enum side side, enum tcp_state state);
void gone(struct bed *b, enum side side);
/* Until nothing has moved on the path for so long. */
void quiet(struct bed *b, unsigned ms);
/* Until rules have acted that often in all. */
void acted(struct bed *b, unsigned times);

/* ---- The captures ---- */
/* As if they had been begun only now. */
void begin_captures(struct bed *b);

/* ---- The path: struct rule and struct fake without their braces ---- */
#define rule(b, ...) wire_rule((b)->wire, &(struct rule){ __VA_ARGS__ })
#define fake(b, ...) inject(b, &(struct fake){ __VA_ARGS__ })
void inject(struct bed *b, const struct fake *f);
void delay(struct bed *b, enum side from, unsigned ms);

/* Packets cannot tell this endpoint's path at this tap. */
void unsure(struct bed *b, enum side endpoint, int tap, const char *reason);

#endif
