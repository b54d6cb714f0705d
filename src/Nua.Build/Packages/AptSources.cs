using Nua.Foundation;

namespace Nua.Build.Packages;

/// <summary>One line of an apt sources list: <c>deb URI SUITE COMPONENTS</c>.</summary>
public sealed record AptSource(string Uri, string Suite, string Components);

/// <summary>
/// Where Debian packages come from. No mirror is built into Nua: the addresses are the ones this machine's own apt uses, with the
/// release's name replaced, or the one given with <c>--mirror</c>.
/// </summary>
public static class AptSources
{
    /// <summary>The release that images are built on.</summary>
    public const string Release = "trixie";

    private static readonly string[] _debianNames =
        ["stable", "oldstable", "testing", "unstable", "sid", "bullseye", "bookworm", "trixie", "forky", "duke"];

    /// <exception cref="ProblemException">NUA2201: this machine's apt has no Debian mirror and none was given.</exception>
    public static IReadOnlyList<AptSource> For(string release, string? mirror, string etc = "/etc/apt")
    {
        if (mirror is not null)
        {
            var uri = mirror.TrimEnd('/');
            return [new AptSource(uri, release, "main"), new AptSource(uri, release + "-updates", "main")];
        }

        var found = ReadHost(etc)
            .Where(source => source.Components.Split(' ').Contains("main"))
            .Select(source => Translate(source, release))
            .OfType<AptSource>()
            .Distinct()
            .ToList();
        if (!found.Exists(source => source.Suite == release))
        {
            throw new ProblemException(new Problem("NUA2201", "no Debian mirror is known")
            {
                Where = etc,
                Why = "the base of an image is assembled from Debian packages, and this machine's apt names no Debian mirror",
                Remedy = "give one with --mirror URL, or another base with --base IMAGE",
            });
        }

        return found;
    }

    private static AptSource? Translate(AptSource source, string release)
    {
        var name = source.Suite.Split('-', '/')[0];
        if (!_debianNames.Contains(name))
        {
            return null;
        }

        var kind = source.Suite[name.Length..];
        return kind is "" or "-updates" or "-security"
            ? new AptSource(source.Uri.TrimEnd('/'), release + kind, "main")
            : null;
    }

    private static IEnumerable<AptSource> ReadHost(string etc)
    {
        var parts = Path.Combine(etc, "sources.list.d");
        var files = new List<string> { Path.Combine(etc, "sources.list") };
        if (Directory.Exists(parts))
        {
            files.AddRange(Directory.GetFiles(parts).Order(StringComparer.Ordinal));
        }

        foreach (var file in files.Where(File.Exists))
        {
            var text = File.ReadAllText(file);
            foreach (var source in file.EndsWith(".sources", StringComparison.Ordinal) ? ReadStanzas(text) : ReadLines(text))
            {
                yield return source;
            }
        }
    }

    private static IEnumerable<AptSource> ReadLines(string text)
    {
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Split('#')[0].Trim();
            if (!line.StartsWith("deb ", StringComparison.Ordinal))
            {
                continue;
            }

            var rest = line[4..].Trim();
            if (rest.StartsWith('[') && rest.Contains(']', StringComparison.Ordinal))
            {
                rest = rest[(rest.IndexOf(']', StringComparison.Ordinal) + 1)..].Trim();
            }

            var words = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 3)
            {
                yield return new AptSource(words[0], words[1], string.Join(' ', words[2..]));
            }
        }
    }

    private static IEnumerable<AptSource> ReadStanzas(string text)
    {
        foreach (var stanza in text.Replace("\r", "", StringComparison.Ordinal).Split("\n\n"))
        {
            var fields = ReadFields(stanza);
            if (!fields.GetValueOrDefault("types", "").Split(' ').Contains("deb")
                || fields.GetValueOrDefault("enabled", "yes") == "no")
            {
                continue;
            }

            foreach (var uri in fields.GetValueOrDefault("uris", "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                foreach (var suite in fields.GetValueOrDefault("suites", "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    yield return new AptSource(uri, suite, fields.GetValueOrDefault("components", ""));
                }
            }
        }
    }

    private static Dictionary<string, string> ReadFields(string stanza)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? last = null;
        foreach (var line in stanza.Split('\n'))
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            if (line.StartsWith(' ') && last is not null)
            {
                fields[last] += " " + line.Trim();
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                last = line[..colon].Trim();
                fields[last] = line[(colon + 1)..].Trim();
            }
        }

        return fields;
    }
}
