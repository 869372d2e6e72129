/*
 * Text as XML 1.0 can hold it: what is markup is escaped, what is no character of XML (section 2.2) becomes U+FFFD.
 */
#ifndef VIEW_XML_H
#define VIEW_XML_H

#include "base/text.h"

/* Both take NULL for an empty string. */
void xml_text(struct text *out, const char *s);
void xml_attribute(struct text *out, const char *name, const char *value); /* with a blank in front */

#endif
