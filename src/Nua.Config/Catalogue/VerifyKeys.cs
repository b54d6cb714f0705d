using static Nua.Config.Catalogue.ValueShape;

namespace Nua.Config.Catalogue;

/// <summary>The keys of the section <c>[verify]</c>, ours.</summary>
public static class VerifyKeys
{
    public static KeyGroup Request { get; } = new("verify.request", "One HTTP request and what its answer must be. In `path`, `headers`, `body`, "
        + "`contains` and `lacks`, `{seed}` is the number of the seeding (1, 2, …) and `{NAME}` what an earlier request captured; other braces stay.",
    [
        new("method", Text, "Default: `GET`.")
        { Example = "\"POST\"", Choices = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], IsOurs = true },
        new("path", Text, "Path and query.") { Example = "\"/notes\"", IsRequired = true, IsOurs = true },
        new("headers", Free, "Header lines. Keys are data.") { Example = "{ Accept = \"text/html\" }", IsOurs = true },
        new("body", Text, "Sent as it is; as JSON when it begins with `{` or `[` and no header says otherwise.")
        { Example = "'{\"text\": \"seed {seed}\"}'", IsOurs = true },
        new("status", Integer, "The status that the answer must have. Default: 200 to 399.")
        { Example = "201", Minimum = 100, Maximum = 599, IsOurs = true },
        new("contains", TextOrTexts, "What the answer's body must have.") { Example = "\"seed {seed}\"", IsOurs = true },
        new("lacks", TextOrTexts, "What it must not have.") { Example = "\"deleted {seed}\"", IsOurs = true },
        new("capture", Free, "Names for parts of the answer: `json:/a/0/id` (a JSON pointer), `header:NAME`, `body`. Keys are data.")
        { Example = "{ id = \"json:/id\" }", IsOurs = true },
    ]);

    public static KeyGroup Verify { get; } = new("verify", "How to put recognisable data into the application and see that it is still there: for "
        + "`nua backup --prove`, and after an upgrade.",
    [
        new("seed", Tables, "Requests that put data in, in order. They should delete something too: what comes back is as wrong as what is gone.")
        { Example = "[{ method = \"POST\", path = \"/notes\", body = \"seed {seed}\" }]", Inside = Request, IsOurs = true },
        new("check", Tables, "Requests that look whether it is there. They change nothing.")
        { Example = "[{ path = \"/notes\", contains = \"seed {seed}\" }]", Inside = Request, IsOurs = true },
        new("seed-command", Text, "Shell line run in the live container, after the requests; `$NUA_SEED` is the number of the seeding.")
        { Example = "\"./seed\"", IsOurs = true },
        new("check-command", Text, "The same for looking; it exits with 0 when all is there.") { Example = "\"./look\"", IsOurs = true },
        new("timeout", Integer, "Seconds for one run. Default: 60.") { Example = "20", Minimum = 1, Maximum = 3600, IsOurs = true },
    ]);
}
