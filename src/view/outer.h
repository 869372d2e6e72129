/*
 * What the packets of a connection were carried in: tunnels, labels, sessions and VLAN tags, for machines and for people.
 */
#ifndef VIEW_OUTER_H
#define VIEW_OUTER_H

#include "view/fields.h"
#include "wirestat.h"

/* The members "outer" and "vlan" of a connection; in JSON absent when there was nothing around its packets. */
void outer_members(struct fields *f, const struct ws_record *record);

/* "vxlan 42  192.0.2.8 - 192.0.2.9  vlan 10,20", where the two directions differ "client / server"; nothing when there was
 * nothing. */
void outer_text(struct text *out, const struct ws_record *record);

#endif
