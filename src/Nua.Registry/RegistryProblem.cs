using System.Net;
using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Http;

namespace Nua.Registry;

/// <summary>What can go wrong with registries. Every message names the host and the object.</summary>
internal static class RegistryProblem
{
    public static ProblemException CannotConnect(string host, string subject, string why) => Problem(
        "NUA3601", $"cannot connect to the registry {host}", subject, why,
        "check the name, the port and that the registry is running; proxies come from HTTPS_PROXY and NO_PROXY", RegistryExit.TryLater);

    public static ProblemException BadCertificates(string file, Exception error) => Problem(
        "NUA3602", "the certificates to trust cannot be read", Printable.Escape(file, 300), Printable.Escape(error.Message, 300),
        "the file must be PEM, with one certificate at least");

    public static ProblemException BadCertificate(Uri uri, string why) => Problem(
        "NUA3603", $"{Where(uri)} does not prove who it is", null, why,
        $"if its certificate comes from a private authority, put that authority's own certificate into certs.d/{Origin.Of(uri).Authority}/ca.crt below NUA_HOME");

    public static ProblemException NoTls(Uri uri, Exception error) => Problem(
        "NUA3604", $"{Where(uri)} does not speak TLS", null, Printable.Escape(error.InnerException?.Message ?? error.Message, 300),
        "if it is a registry without TLS and you trust the network, allow that with --plain-http or in registries.json");

    public static ProblemException TooManyHeaders(Uri uri, int kilobytes) => Problem(
        "NUA3605", $"{Where(uri)} answers with more than {kilobytes} KiB of headers", null, null, null);

    public static ProblemException ForbiddenAddress(Uri uri, string why) => Problem(
        "NUA3606", $"the registry points at {Where(uri)}, where it may not send clients", null, why, null);

    public static ProblemException NotFound(string host, string subject, string why) => Problem(
        "NUA3607", $"{subject} is not there", host, why.Length > 0 ? why : null,
        "check the name and the tag; some registries also say this to users who may not see the image", RegistryExit.NotFound);

    public static ProblemException NotAllowed(string host, string subject, string why, Authenticator who) => Problem(
        "NUA3608", $"{host} does not allow it: {subject}", null,
        string.Join("; ", new[] { WhoWeWere(who), why }.Where(text => text.Length > 0)),
        who.WithheldFrom is { } realm ? $"if '{realm}' may have your password for {host}: nua login {host} --token-realm {realm}"
            : $"log in with 'nua login {host}' as somebody who may", RegistryExit.NotAllowed);

    public static ProblemException TryLater(string host, string subject, string why, TimeSpan? retryAfter) => Problem(
        "NUA3609", $"{host} cannot serve it now: {subject}", null,
        Printable.Escape(why, 400) + (retryAfter is { } time ? $"; it asks to wait {Math.Min(time.TotalSeconds, 1e9):0} s" : ""),
        "try again later", RegistryExit.TryLater);

    public static ProblemException Unexpected(string host, string subject, HttpStatusCode status, string why) => Problem(
        "NUA3610", $"{host} answers {(int)status}: {subject}", null, why.Length > 0 ? why : null, null);

    public static ProblemException BadRedirect(Uri uri, string why) => Problem(
        "NUA3611", "a redirect of the registry is not followed", Where(uri), why, null);

    public static ProblemException TooLong(string host, string subject, long limit) => Problem(
        "NUA3612", $"{subject} is larger than the {limit} bytes allowed", host, null, null);

    public static ProblemException WrongContent(string host, string subject, string why) => Problem(
        "NUA3613", $"{host} gives other bytes than it should: {subject}", null, why, "none of them were kept");

    public static ProblemException BadRealm(string host, Uri? realm, string why) => Problem(
        "NUA3614", $"{host} sends us for a token where none may be asked for", realm is null ? null : Where(realm), why, null);

    public static ProblemException BadToken(string host, Uri realm, string why) => Problem(
        "NUA3615", $"cannot get a token for {host}", Where(realm), Printable.Escape(why, 400), null);

    public static ProblemException WrongKind(string host, string subject, string why) => Problem(
        "NUA3616", $"{subject} is not what it is said to be", host, why, null);

    public static ProblemException TooManyParts(string host, string subject, int limit) => Problem(
        "NUA3618", $"{subject} is nested too deep or has more than {limit} manifests", host, null, null);

    public static ProblemException NoRoom(string home, long needed, long free) => Problem(
        "NUA3619", "the image does not fit into the store", home, $"it needs {needed} more bytes, and {free} are free",
        "free space, for example with 'nua prune'");

    public static Problem TagMoved(string reference, Digest now) => new("NUA3620", $"{reference} was moved while it was pulled")
    {
        Severity = Severity.Warning,
        Why = $"it is {now} now; what was pulled is what it was before",
        Remedy = "pull again for the newer one",
    };

    public static ProblemException Lost(string host, string subject) => Problem(
        "NUA3621", $"{host} took {subject} and has not got it", null, "it said that it stored it, and denies it when asked",
        "push again; if it happens again, the registry's storage is broken");

    public static ProblemException TagRace(string reference, Digest ours, Digest theirs) => Problem(
        "NUA3622", $"{reference} is another image than the one just pushed", null,
        $"it is {theirs}, pushed was {ours}: somebody else pushed at the same time", "push again if yours is to be the one");

    public static ProblemException AttachRace(string host, string subject) => Problem(
        "NUA3623", $"others keep changing the list of what is attached to {subject}", host,
        "the registry has no list of its own, and no way to change the one kept under a tag only when nobody else did", "try again later",
        RegistryExit.TryLater);

    public static ProblemException NoIndexUnderTag(string name, string tag) => Problem(
        "NUA3624", $"{name}:{tag} is not a list of attachments", null,
        "the registry has no list of its own, and the tag where it should be kept (distribution-spec) is something else",
        "remove that tag if nobody needs it");

    public static ProblemException UploadRefused(string host, string subject, string why) => Problem(
        "NUA3625", $"{host} does not take it: {subject}", null, why, null);

    public static Problem LeftOut(string subject) => new("NUA3626", $"{subject} was not pushed")
    {
        Severity = Severity.Warning,
        Why = "its media type says that it may not be redistributed",
        Remedy = "engines fetch such layers from where their publisher offers them",
    };

    public static Problem Warning(string host, string text) => new("NUA3617", $"{host} says: {Printable.Escape(text, 300)}")
    {
        Severity = Severity.Warning,
    };

    /// <summary>The problem that an answer stands for.</summary>
    public static async Task<ProblemException> OfAsync(
        Answer answer, RegistryRequest request, Authenticator who, CancellationToken cancellation)
    {
        var why = await answer.ErrorTextAsync(cancellation);
        var host = Where(answer.Uri);
        return answer.Status switch
        {
            HttpStatusCode.NotFound => NotFound(host, request.Subject, why),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => NotAllowed(host, request.Subject, why, who),
            var status => Unexpected(host, request.Subject, status, why),
        };
    }

    private static string WhoWeWere(Authenticator who) =>
        who.WithheldFrom is { } realm ? $"it wants a token from '{Printable.Escape(realm, 120)}', which was not given your credentials"
        : who.HasShownCredentials ? "the credentials that were sent are not enough"
        : "no credentials were sent, since there are none for it";

    /// <summary>Scheme and host alone: paths and queries may hold secrets.</summary>
    private static string Where(Uri uri) => Printable.Escape(
        uri.IsDefaultPort && uri.Scheme == Uri.UriSchemeHttps ? uri.Host : uri.Authority, 200);

    private static ProblemException Problem(string code, string what, string? where, string? why, string? remedy, int exit = 1) =>
        new(new Problem(code, what) { Where = where, Why = why, Remedy = remedy }) { ExitCode = exit };
}
