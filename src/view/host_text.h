/*
 * A finding about a host, in the audit's forms. Where a finding has a connection's record, this has one made up of whom it is
 * about: what is asked of records can be asked of it (view_judge, finding_key).
 */
#ifndef VIEW_HOST_TEXT_H
#define VIEW_HOST_TEXT_H

#include "view/fields.h"
#include "view/view.h"

/* The host stands as the client, with a peer as the server; a service as the server, of any client. What is not known is
 * family 0 and port 0, and the file is none. */
void host_record(const struct ws_host_finding *host, struct ws_record *out);

/* "  10.0.0.1 -> 10.0.0.2:80", "  10.0.0.2:80"; nothing about the capture itself. */
void host_ends(struct text *out, const struct ws_host_finding *host);

/* {"type":"finding",...}, or "host" for its last numbers. */
void host_json(struct text *out, const struct ws_event *event);

/* The same as columns at the end of others; `host` NULL: empty. */
void host_columns(struct fields *f, const struct ws_event *event);

/* A line of the section on hosts. */
void host_people(struct text *out, const struct ws_event *event, bool color);

/* The options leave out what is not about the connections that they choose, and hosts are about them all. */
bool host_is_wanted(const struct view_options *options);

#endif
