using System.Text;

namespace Nua.Check.Scanning;

/// <summary>Finds shared libraries in an image as its loader would (ld.so(8)), without running it.</summary>
internal sealed class LibraryResolver
{
    private const int MostLibraries = 2000;

    /// <summary>Looks at paths for all programs together: an honest image needs a few thousand.</summary>
    private const int MostLooks = 2_000_000;

    private static readonly string[] _defaults =
    [
        "lib", "usr/lib", "lib64", "usr/lib64", "usr/local/lib",
        "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu", "usr/lib/aarch64-linux-gnu",
    ];

    /// <summary>Libraries that .NET's optional tracing asks for and does without.</summary>
    private static readonly string[] _optional = ["liblttng-ust.so"];

    private readonly MergedTree _tree;
    private readonly List<string> _directories;
    private int _looks;

    public LibraryResolver(CheckSubject subject)
    {
        _tree = subject.Tree;
        _directories =
        [
            .. (subject.Run.Variable("LD_LIBRARY_PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries),
            .. Configured("etc/ld.so.conf", depth: 0),
            .. _defaults,
        ];
    }

    /// <summary>The first thing that stops the program from loading; null when everything is found or nothing can be
    /// concluded.</summary>
    public string? Missing(ScannedEntry program)
    {
        var elf = program.Facts!.Elf!;
        if (elf.Interpreter is { } loader && _tree.Follow(loader) is not { IsFile: true })
        {
            return $"its loader {loader} is not in the image";
        }

        var loaded = new Dictionary<string, ElfFile?>(StringComparer.Ordinal);
        var pending = new Queue<(ScannedEntry File, IReadOnlyList<string> Inherited)>([(program, [])]);
        while (pending.TryDequeue(out var next) && loaded.Count < MostLibraries && _looks < MostLooks)
        {
            var file = next.File.Facts!.Elf!;
            string[] search = [.. file.SearchPath.Select(path => Expand(path, next.File)), .. next.Inherited];
            var needer = next.File == program ? "" : $", which /{next.File.Path} needs";
            foreach (var name in file.Needed.Distinct())
            {
                if (!loaded.TryGetValue(name, out var library))
                {
                    var found = Find(name, search, elf);
                    loaded[name] = library = found?.Facts!.Elf;
                    if (found is not null)
                    {
                        pending.Enqueue((found, search));
                    }
                    else if (!_optional.Any(optional => name.StartsWith(optional, StringComparison.Ordinal)))
                    {
                        return needer.Length == 0 ? $"the library {name} is not in the image" : $"the library {name}{needer}, is not in the image";
                    }
                }

                if (library is not null && MissingVersion(file, name, library) is { } version)
                {
                    return $"the library {name} in the image has no {version}{needer}";
                }
            }
        }

        return null;
    }

    /// <summary>A library that defines no versions at all is taken as it is, as the loader does.</summary>
    private static string? MissingVersion(ElfFile file, string name, ElfFile library) =>
        library.VersionsDefined.Count == 0 || !library.IsComplete ? null
            : file.VersionsNeeded.GetValueOrDefault(name)?.FirstOrDefault(version => !library.VersionsDefined.Contains(version));

    private ScannedEntry? Find(string name, IEnumerable<string> search, ElfFile program)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return Fitting(name, program);
        }

        return search.Concat(_directories).Select(directory => Fitting($"{directory}/{name}", program))
            .FirstOrDefault(found => found is not null);
    }

    private ScannedEntry? Fitting(string path, ElfFile program)
    {
        _looks++;
        return _tree.Follow(path) is { Facts.Elf: { } elf } found
            && elf.Machine == program.Machine && elf.Is64Bit == program.Is64Bit
            ? found
            : null;
    }

    private static string Expand(string path, ScannedEntry file) => path
        .Replace("$ORIGIN", "/" + file.Parent, StringComparison.Ordinal)
        .Replace("${ORIGIN}", "/" + file.Parent, StringComparison.Ordinal)
        .Replace("$LIB", "lib", StringComparison.Ordinal);

    /// <summary>The directories of a loader configuration, with what it includes (one <c>*</c> in the last
    /// component).</summary>
    private IEnumerable<string> Configured(string path, int depth)
    {
        if (depth > 4 || _tree.Follow(path)?.Facts?.Content is not { } content)
        {
            yield break;
        }

        foreach (var line in Encoding.UTF8.GetString(content).Split('\n').Select(l => l.Split('#')[0].Trim())
            .Where(l => l.Length > 0))
        {
            if (!line.StartsWith("include ", StringComparison.Ordinal))
            {
                yield return line;
                continue;
            }

            foreach (var directory in Included(line["include ".Length..].Trim().TrimStart('/'))
                .SelectMany(p => Configured(p, depth + 1)))
            {
                yield return directory;
            }
        }
    }

    private IEnumerable<string> Included(string pattern)
    {
        var slash = pattern.LastIndexOf('/');
        var folder = slash < 0 ? "etc" : pattern[..slash];
        var name = pattern[(slash + 1)..];
        var star = name.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? [$"{folder}/{name}"]
            : _tree.NamesIn(folder).Order(StringComparer.Ordinal)
                .Where(n => n.StartsWith(name[..star], StringComparison.Ordinal)
                && n.EndsWith(name[(star + 1)..], StringComparison.Ordinal))
                .Select(n => $"{folder}/{n}");
    }
}
