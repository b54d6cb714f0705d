namespace Nua.Acceptance.Running;

/// <summary>Machines that lack something.</summary>
public static class Hiding
{
    /// <summary>In a mount namespace of its own, in which the files are not there: each folder is covered by an overlay of itself.</summary>
    /// <param name="files">Full paths, a space between them; those that do not exist are left out.</param>
    public static Shell Without(this Shell shell, string files, TemporaryFolder folder)
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root to hide files");
        var hide = $$"""
            n=0
            for file in {{files}}; do
                [ -e "$file" ] || [ -L "$file" ] || continue
                n=$((n + 1)); dir=$(dirname "$file")
                mkdir -p "{{folder.Path}}/cover$n"; mount -t tmpfs none "{{folder.Path}}/cover$n"; mkdir "{{folder.Path}}/cover$n/up" "{{folder.Path}}/cover$n/work"
                mount -t overlay -o "lowerdir=$dir,upperdir={{folder.Path}}/cover$n/up,workdir={{folder.Path}}/cover$n/work" none "$dir"
                rm "$file"
            done
            exec "$@"
            """;
        return shell.Wrapped("/usr/bin/unshare", "--mount", "--propagation", "private", "/bin/sh", "-euc", hide, "sh");
    }
}
