namespace Nua.Build.Planning.Stacks.Node;

/// <summary>A package manager called for another package of the source: <c>npm -w api start</c>, <c>yarn workspace api start</c>,
/// <c>pnpm --filter api start</c>, <c>npm --prefix server start</c>.</summary>
/// <param name="Where">A workspace's name or folder.</param>
/// <param name="IsFolder">It is a folder, whether or not it is a workspace.</param>
/// <param name="Argv">The same call, made in that package.</param>
internal sealed record PackageCall(string Where, bool IsFolder, IReadOnlyList<string> Argv)
{
    /// <summary>Null for a call of the package itself, and of several packages at once.</summary>
    public static PackageCall? Read(IReadOnlyList<string> argv)
    {
        if (argv is ["yarn", "workspace", var name, _, ..])
        {
            return new PackageCall(name, IsFolder: false, ["yarn", .. argv.Skip(3)]);
        }

        (string[] Workspace, string[] Folder) options = argv.Count == 0 ? ([], []) : argv[0] switch
        {
            "npm" => (["-w", "--workspace"], ["--prefix", "-C"]),
            "yarn" => ([], ["--cwd"]),
            "pnpm" => (["-F", "--filter"], ["-C", "--dir"]),
            _ => ([], []),
        };
        var rest = new List<string>();
        (string Where, bool IsFolder)? found = null;
        for (var i = 0; i < argv.Count; i++)
        {
            var equals = argv[i].StartsWith("--", StringComparison.Ordinal) ? argv[i].IndexOf('=') : -1;
            var option = equals < 0 ? argv[i] : argv[i][..equals];
            var isFolder = Array.IndexOf(options.Folder, option) >= 0;
            var value = equals >= 0 ? argv[i][(equals + 1)..] : i + 1 < argv.Count ? argv[i + 1] : null;
            if (argv[i] == "--" || value is null || (!isFolder && Array.IndexOf(options.Workspace, option) < 0))
            {
                rest.AddRange(argv[i] == "--" ? argv.Skip(i) : [argv[i]]);
                i = argv[i] == "--" ? argv.Count : i;
                continue;
            }

            if (found is not null)
            {
                return null;
            }

            found = (value, isFolder);
            i += equals < 0 ? 1 : 0;
        }

        return found is var (where, inFolder) && rest.Count > 1 ? new PackageCall(where, inFolder, rest) : null;
    }
}
