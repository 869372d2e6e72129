#include "cli/where_host.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

#include "cli/number.h"

#define HOST_MAX 128
#define IPV4_BITS 32
#define IPV6_BITS 128

static const char not_address[] = "is not an address (names of hosts are not looked up)";
static const char not_port[] = "does not end in a port: a number up to 65535, or the name of a TCP service";

/* ---- Ports -------------------------------------------------------------------------------------------------- */

static bool parse_port(const char *text, int32_t *out)
{
	const struct servent *service;
	uint64_t number;

	*out = WHERE_PORT_ANY;
	if (*text == '\0' || strcmp(text, "*") == 0)
		return true;
	if (number_parse(text, &number)) {
		*out = (int32_t)number;
		return number <= UINT16_MAX;
	}
	service = getservbyname(text, "tcp");
	if (service != NULL)
		*out = ntohs((uint16_t)service->s_port);
	return service != NULL;
}

/* ---- Addresses ---------------------------------------------------------------------------------------------- */

/* As ss reads them: "10.1" is 10.1.0.0. */
static bool parse_ipv4(const char *text, struct ws_addr *out)
{
	size_t i;

	*out = (struct ws_addr){ .family = 4 };
	for (i = 0; i < 4; i++) {
		size_t len = strcspn(text, ".");
		char octet[4] = "";
		uint64_t value;

		if (len >= sizeof(octet))
			return false;
		memcpy(octet, text, len);
		/* A leading zero would be octal to ss. */
		if (!number_parse(octet, &value) || value > UINT8_MAX || (len > 1 && octet[0] == '0'))
			return false;
		out->bytes[i] = (uint8_t)value;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
	return false;
}

static bool parse_ipv6(const char *text, struct ws_addr *out)
{
	*out = (struct ws_addr){ .family = 6 };
	return inet_pton(AF_INET6, text, out->bytes) == 1;
}

/* 255.255.0.0 is 16. */
static bool parse_mask(const char *text, unsigned *out)
{
	struct ws_addr mask;
	uint32_t bits;

	if (strchr(text, '.') == NULL || !parse_ipv4(text, &mask))
		return false;
	bits = (uint32_t)mask.bytes[0] << 24 | (uint32_t)mask.bytes[1] << 16 | (uint32_t)mask.bytes[2] << 8 |
	       mask.bytes[3];
	for (*out = 0; *out < IPV4_BITS && (bits >> (IPV4_BITS - 1 - *out) & 1) != 0; ++*out)
		;
	return *out == IPV4_BITS || (uint32_t)(bits << *out) == 0;
}

static bool parse_prefix(const char *text, uint8_t family, unsigned *out)
{
	uint64_t number;

	if (!number_parse(text, &number))
		return family == 4 && parse_mask(text, out);
	*out = (unsigned)number;
	return number <= (family == 4 ? IPV4_BITS : IPV6_BITS);
}

static bool is_any(const char *text)
{
	return *text == '\0' || strcmp(text, "*") == 0 || strcmp(text, "any") == 0 || strcmp(text, "all") == 0 ||
	       strcmp(text, "default") == 0;
}

/* ADDRESS[/PREFIX]; cuts `text` at the slash. */
static const char *parse_address(char *text, struct where_host *host)
{
	char *slash = strchr(text, '/');
	uint8_t family;

	if (slash != NULL)
		*slash++ = '\0';
	if (slash == NULL && is_any(text))
		return NULL;
	if (!parse_ipv4(text, &host->addr) && !parse_ipv6(text, &host->addr))
		return not_address;
	family = host->addr.family;
	if (host->family != 0 && host->family != family)
		return "is an address of the other family";
	host->family = family;
	host->prefix = family == 4 ? IPV4_BITS : IPV6_BITS;
	if (slash != NULL && !parse_prefix(slash, family, &host->prefix))
		return "does not have a prefix length that fits its address";
	return NULL;
}

/* ---- Both --------------------------------------------------------------------------------------------------- */

/* "[ADDRESS]", then "/PREFIX" and ":PORT" if any; the closing bracket is moved behind the prefix. */
static const char *split_brackets(char *text, char **address, const char **port)
{
	char *end = strchr(text, ']');
	size_t prefix;

	if (end == NULL)
		return "has no closing bracket";
	*address = text + 1;
	prefix = end[1] == '/' ? strcspn(end + 1, ":") : 0;
	memmove(end, end + 1, prefix);
	*port = end + 1 + prefix;
	end[prefix] = '\0';
	if (**port != '\0' && **port != ':')
		return "has something behind its address that is no port";
	*port += **port == ':';
	return NULL;
}

static bool is_ipv6(const char *text, size_t len)
{
	char copy[HOST_MAX];
	struct ws_addr addr;

	memcpy(copy, text, len);
	copy[len] = '\0';
	return parse_ipv6(copy, &addr);
}

/* At the colon before the port. An IPv6 address without brackets is taken when it can be read in one way only; ss takes
 * what is behind the last colon for the port. */
static const char *split_colon(char *text, char **address, const char **port)
{
	char *last = strrchr(text, ':');
	const char *slash = strchr(text, '/');

	*address = text;
	*port = "";
	if (last == NULL || (slash != NULL && last < slash))
		return NULL;
	if (slash == NULL && last != strchr(text, ':') && is_ipv6(text, strlen(text))) {
		if (!is_ipv6(text, (size_t)(last - text)))
			return NULL;
		return "can be read with and without a port: put the address in brackets";
	}
	*last = '\0';
	*port = last + 1;
	return NULL;
}

static const char *take_family(const char *word, uint8_t *out)
{
	*out = 0;
	if (strncmp(word, "inet:", 5) == 0)
		*out = 4;
	else if (strncmp(word, "inet6:", 6) == 0)
		*out = 6;
	return *out == 0 ? word : strchr(word, ':') + 1;
}

static bool is_other_family(const char *word)
{
	return strncmp(word, "unix:", 5) == 0 || strncmp(word, "link:", 5) == 0 || strncmp(word, "netlink:", 8) == 0 ||
	       strncmp(word, "vsock:", 6) == 0;
}

const char *where_host_parse(const char *word, bool is_port, struct where_host *out)
{
	char copy[HOST_MAX];
	char *address = copy;
	const char *port;
	const char *wrong;

	*out = (struct where_host){ .port = WHERE_PORT_ANY };
	if (strlen(word) >= sizeof(copy))
		return is_port ? not_port : not_address;
	if (is_other_family(word))
		return "is of a family that TCP does not use";
	word = take_family(word, &out->family);
	memcpy(copy, word, strlen(word) + 1);
	if (is_port) {
		port = copy[0] == '*' && copy[1] == ':' ? copy + 1 : copy;
		port += *port == ':';
		return parse_port(port, &out->port) ? NULL : not_port;
	}
	wrong = copy[0] == '[' ? split_brackets(copy, &address, &port) : split_colon(copy, &address, &port);
	if (wrong == NULL)
		wrong = parse_address(address, out);
	if (wrong == NULL && !parse_port(port, &out->port))
		wrong = not_port;
	return wrong;
}

bool where_host_has(const struct where_host *host, const struct ws_addr *addr)
{
	unsigned whole = host->prefix / 8;
	unsigned rest = host->prefix % 8;

	if (host->family != 0 && host->family != addr->family)
		return false;
	if (memcmp(host->addr.bytes, addr->bytes, whole) != 0)
		return false;
	return rest == 0 || (host->addr.bytes[whole] ^ addr->bytes[whole]) >> (8 - rest) == 0;
}
