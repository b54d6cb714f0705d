using System.Globalization;
using Nua.Foundation;

namespace Nua.Build.Packages;

/// <summary>Reads what apt-get prints.</summary>
public static class AptOutput
{
    /// <summary>Lines of <c>--print-uris</c>: <c>'URI' FILE SIZE SHA256:HEX</c>. Key: the file's name.</summary>
    public static IReadOnlyDictionary<string, (long Size, string Sha256)> ReadUris(string output)
    {
        var files = new Dictionary<string, (long, string)>(StringComparer.Ordinal);
        foreach (var line in output.Split('\n'))
        {
            var words = line.Trim().Split(' ');
            if (words.Length >= 4 && words[0].StartsWith('\'')
                && long.TryParse(words[2], CultureInfo.InvariantCulture, out var size)
                && words[3].StartsWith("SHA256:", StringComparison.Ordinal))
            {
                files[words[1]] = (size, words[3][7..].ToLowerInvariant());
            }
        }

        return files;
    }

    /// <summary>Lines of a simulated install: <c>Inst NAME [OLD] (VERSION ORIGIN [ARCH])</c> and <c>Conf NAME (…)</c>, in dpkg's order.</summary>
    /// <exception cref="ProblemException">NUA2208: installing would remove a package.</exception>
    public static PackageSet ReadSimulation(string output, IReadOnlyDictionary<string, (long Size, string Sha256)> files)
    {
        var packages = new List<DebianPackage>();
        var actions = new List<(bool IsUnpack, List<string> Names)>();
        foreach (var line in output.Split('\n'))
        {
            if (line.StartsWith("Remv ", StringComparison.Ordinal))
            {
                throw new ProblemException(new Problem(
                    "NUA2208", $"installing these packages would remove '{Printable.Escape(line[5..].Split(' ')[0])}'")
                {
                    Remedy = "leave out the package that conflicts with it",
                });
            }

            var isUnpack = line.StartsWith("Inst ", StringComparison.Ordinal);
            if (!isUnpack && !line.StartsWith("Conf ", StringComparison.Ordinal))
            {
                continue;
            }

            var name = line[5..].Split(' ')[0];
            if (isUnpack)
            {
                packages.Add(Find(name, line, files));
            }

            if (actions.Count == 0 || actions[^1].IsUnpack != isUnpack)
            {
                actions.Add((isUnpack, []));
            }

            actions[^1].Names.Add(name);
        }

        return new PackageSet(packages, actions.ConvertAll(a => new DpkgAction(a.IsUnpack, a.Names)));
    }

    private static DebianPackage Find(
        string name, string line, IReadOnlyDictionary<string, (long Size, string Sha256)> files)
    {
        var inside = line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..line.LastIndexOf(')')];
        var version = inside.Split(' ')[0];
        var architecture = inside[(inside.LastIndexOf('[') + 1)..inside.LastIndexOf(']')];
        var file = $"{name.Split(':')[0]}_{version.Replace(":", "%3a", StringComparison.Ordinal)}_{architecture}.deb";
        if (!files.TryGetValue(file, out var facts))
        {
            throw new ProblemException(new Problem("NUA2209", $"apt gave no checksum for '{Printable.Escape(file)}'")
            {
                Remedy = "build with --no-cache to fetch the package lists anew, or take another mirror with --mirror URL",
            });
        }

        return new DebianPackage(name, version, architecture, file, facts.Sha256, facts.Size);
    }
}
