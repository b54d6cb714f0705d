using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nua.Build.Toolchains;

namespace Nua.Build.Sbom;

/// <summary>The tarball hashes that lock files of npm, Yarn 1 and pnpm list, by name and version. Yarn 2 and later hash their own
/// repacked archives, which nobody else can compare, so theirs are left out.</summary>
internal sealed partial class NpmLockFiles
{
    private static readonly string[] _names = ["package-lock.json", ".package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"];
    private readonly Dictionary<string, NpmIntegrity> _found = new(StringComparer.Ordinal);

    public NpmLockFiles(TreeIndex tree, IEnumerable<ReadOnlyMemory<byte>> others)
    {
        foreach (var file in others)
        {
            Read(file.Span);
        }

        foreach (var path in tree.Paths)
        {
            if (_names.Contains(path[(path.LastIndexOf('/') + 1)..]) && tree.Bytes(path) is { } bytes)
            {
                Read(bytes);
            }
        }
    }

    public NpmIntegrity? Integrity(string name, string version) => _found.GetValueOrDefault($"{name}@{version}");

    private void Read(ReadOnlySpan<byte> file)
    {
        if (JsonFacts.ParseObject(file) is { } json)
        {
            ReadNpm(json);
            return;
        }

        var lines = Encoding.UTF8.GetString(file).ReplaceLineEndings("\n").Split('\n');
        if (lines.Any(l => l.StartsWith("lockfileVersion:", StringComparison.Ordinal)))
        {
            ReadPnpm(lines);
        }
        else
        {
            ReadYarn(lines);
        }
    }

    /// <summary>Version 2 and 3 list packages by folder; version 1 by nested names.</summary>
    private void ReadNpm(JsonElement? root)
    {
        foreach (var (folder, package) in root.Member("packages").Members())
        {
            var at = folder.LastIndexOf("node_modules/", StringComparison.Ordinal);
            var name = package.Member("name").Text() ?? (at < 0 ? null : folder[(at + "node_modules/".Length)..]);
            Add(name, package.Member("version").Text(), package.Member("integrity").Text());
        }

        var todo = new Stack<JsonElement?>([root.Member("dependencies")]);
        while (todo.TryPop(out var level))
        {
            foreach (var (name, package) in level.Members())
            {
                Add(name, package.Member("version").Text(), package.Member("integrity").Text());
                todo.Push(package.Member("dependencies"));
            }
        }
    }

    /// <summary><c>/name@1.2.3:</c> or <c>name@1.2.3(peer@1):</c>, then a <c>resolution:</c> line with the integrity.</summary>
    private void ReadPnpm(string[] lines)
    {
        string? key = null;
        foreach (var line in lines)
        {
            if (PnpmKey().Match(line) is { Success: true } match)
            {
                key = match.Groups[1].Value;
            }
            else if (key is not null && PnpmIntegrity().Match(line) is { Success: true } integrity)
            {
                var at = key.LastIndexOf('@');
                Add(key[..at], key[(at + 1)..], integrity.Groups[1].Value);
                key = null;
            }
        }
    }

    /// <summary><c>"name@^1", name@~1.2:</c>, then indented <c>version "1.2.3"</c> and <c>integrity sha512-…</c>.</summary>
    private void ReadYarn(string[] lines)
    {
        string? name = null;
        string? version = null;
        foreach (var line in lines)
        {
            if (line.Length > 0 && line[0] is not (' ' or '#') && line.EndsWith(':'))
            {
                var first = line.Split(',')[0].Trim('"', ':', ' ');
                var at = first.IndexOf('@', Math.Min(1, first.Length));
                name = at > 0 ? first[..at] : null;
                version = null;
            }
            else if (line.StartsWith("  version ", StringComparison.Ordinal))
            {
                version = line["  version ".Length..].Trim('"', ' ');
            }
            else if (line.StartsWith("  integrity ", StringComparison.Ordinal))
            {
                Add(name, version, line["  integrity ".Length..].Trim('"', ' '));
            }
        }
    }

    private void Add(string? name, string? version, string? integrity)
    {
        if (name is not null && version is not null && NpmIntegrity.TryParse(integrity, out var parsed))
        {
            _found.TryAdd($"{name}@{version}", parsed);
        }
    }

    [GeneratedRegex(@"\A  '?/?((?:@[^@/'\s]+/)?[^@/'\s(]+@[^'\s(:]+)[^\s]*:\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PnpmKey();

    [GeneratedRegex(@"integrity:\s*'?(sha\d+-[A-Za-z0-9+/=]+)", RegexOptions.CultureInvariant)]
    private static partial Regex PnpmIntegrity();
}
