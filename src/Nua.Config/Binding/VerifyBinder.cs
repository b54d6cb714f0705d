using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Reads <c>[verify]</c>.</summary>
internal static class VerifyBinder
{
    private static readonly string[] _sources = ["json:", "header:"];

    public static VerifyConfig? Bind(Fields? fields)
    {
        if (fields is null)
        {
            return null;
        }

        var config = new VerifyConfig
        {
            Seed = Requests(fields, "seed"),
            Check = Requests(fields, "check"),
            SeedCommand = fields.Text("seed-command"),
            CheckCommand = fields.Text("check-command"),
            Timeout = fields.Integer("timeout"),
        };
        fields.Close();
        return config;
    }

    private static List<VerifyRequest> Requests(Fields fields, string key)
    {
        var requests = new List<VerifyRequest>();
        foreach (var table in fields.Tables(key))
        {
            if (Request(table) is { } request)
            {
                requests.Add(request);
            }
        }

        return requests;
    }

    private static VerifyRequest? Request(Fields table)
    {
        var at = table.Peek("path")?.Value.Position ?? table.Position;
        var path = table.Text("path");
        var request = new VerifyRequest(path ?? "")
        {
            Method = table.Text("method") ?? "GET",
            Headers = Map(table, "headers"),
            Body = table.Text("body"),
            Status = table.Integer("status"),
            Contains = table.Texts("contains") ?? [],
            Lacks = table.Texts("lacks") ?? [],
            Capture = Captures(table),
        };
        table.Close();
        if (path is null)
        {
            table.Log.Add(ConfigProblems.Missing(table.Path, "path"), table.Position);
            return null;
        }

        // It goes into a request line: white space would end it there.
        if (path[0] != '/' || path.Any(c => c is <= ' ' or '\x7f'))
        {
            table.Log.Add(ConfigProblems.BadRequestPath(table.PathOf("path"), path), at);
        }

        return request;
    }

    private static SortedDictionary<string, string> Captures(Fields table)
    {
        var position = table.Peek("capture")?.Value.Position ?? table.Position;
        var captures = Map(table, "capture");
        foreach (var (name, source) in captures)
        {
            var isSource = source == "body" || _sources.Any(start => source.StartsWith(start, StringComparison.Ordinal) && source.Length > start.Length);
            if (!isSource || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || name == "seed")
            {
                table.Log.Add(ConfigProblems.BadCapture(table.PathOf("capture"), name, source), position);
            }
        }

        return captures;
    }

    /// <summary>A table whose keys are data; lines break neither names nor values.</summary>
    private static SortedDictionary<string, string> Map(Fields table, string key)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (table.Take(key) is not { } field)
        {
            return map;
        }

        if (field.Value is not TableNode entries)
        {
            table.Log.Add(ConfigProblems.WrongType(field.Path, "a table", field.Value.Kind), field.Value.Position);
            return map;
        }

        foreach (var entry in entries.Entries)
        {
            var value = table.TextOf(field, entry.Value) ?? "";
            if (entry.Key.Length == 0 || entry.Key.Any(c => c is <= ' ' or ':' or '\x7f') || value.Any(c => c < ' '))
            {
                table.Log.Add(ConfigProblems.BadHeader(field.Path, entry.Key), entry.Position);
                continue;
            }

            map[entry.Key] = value;
        }

        return map;
    }
}
