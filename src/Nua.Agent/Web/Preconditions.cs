namespace Nua.Agent.Web;

/// <summary>The conditional headers of RFC 9110 §13, in its order of precedence.</summary>
internal static class Preconditions
{
    public static bool Failed(HttpRequest request, string tag) =>
        request.IfMatch is { } match && !Matches(match, tag, weak: false);

    /// <summary>
    /// The client's copy is current. A time must be exactly the one it was given: a rollback brings back an older file,
    /// which a comparison would take for unchanged.
    /// </summary>
    public static bool IsNotModified(HttpRequest request, string tag, string lastModified) =>
        request.IfNoneMatch is { } none ? Matches(none, tag, weak: true) : request.IfModifiedSince == lastModified;

    /// <summary>Whether a range may be served; otherwise the client gets the whole new file.</summary>
    public static bool AllowsRange(HttpRequest request, string tag, string lastModified) =>
        request.IfRange is not { } given || given == tag || given == lastModified;

    private static bool Matches(string list, string tag, bool weak)
    {
        foreach (var item in list.Split(','))
        {
            var candidate = item.Trim();
            if (candidate == "*")
            {
                return true;
            }

            candidate = weak && candidate.StartsWith("W/", StringComparison.Ordinal) ? candidate[2..] : candidate;
            if (candidate == tag)
            {
                return true;
            }
        }

        return false;
    }
}
