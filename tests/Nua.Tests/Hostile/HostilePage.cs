using System.Text;
using Nua.Testing.Hostile;
using Nua.Tests.Repository;

namespace Nua.Tests.Hostile;

/// <summary>The page <c>docs/reference/hostile-images.md</c>, from the corpus and the record of other tools.</summary>
internal static class HostilePage
{
    public const string Path = "docs/reference/hostile-images.md";

    public static string ToMarkdown()
    {
        var record = PeerRecord.Read(System.IO.Path.Combine(RepositoryFiles.Root, PeerRecord.Path));
        var page = new StringBuilder();
        page.Append($"""
            # Hostile images

            Generated from the corpus in `tests/Nua.Testing/Hostile`; do not edit. {HostileCorpus.All.Count} images that no honest program
            makes, or that arrived damaged, and what happens. Each runs through every way in on each test run: the verdict must be the one
            below, a folder outside that the images aim at must not change, and nothing may hang.

            - **check**: the rules that `nua check` finds broken, see [the rules](check-rules.md); *nothing* when there is nothing wrong
              with it. A code is a refusal.
            - **load**: `nua load`, `copy`, `save`. *stored*: layers are kept as bytes, as their digests promise, and judged when used.
            - **use**: building on the image and running it (unpacking), and reading its files (`nua sbom`). *inside*: it means something, all of it
              within the image. `nua inspect` and `nua diff` show what can be read and say what cannot.
            - the other tools, each with a fresh store: {(record.Versions.Length > 0 ? record.Versions : "not recorded")}. `skopeo copy` to a layout, `umoci unpack`,
              `podman pull`, `ctr images import`. *refuses*, *accepts*, *hangs*, **escapes**: something outside was changed; –: it does not
              read that form; empty: not recorded. `NUA_UPDATE_DOCS=1 ./test acceptance -k Peers_still` asks them.

            Limits that hold everywhere: documents of 4 MiB and 64 levels, 8 indexes inside each other, 1 000 000 entries in a layer, paths of
            4 095 bytes, extended headers of 1 MiB each and 256 MiB in all, 32 MiB of extended attributes, a zstd window of 128 MiB, layers
            of 128 GiB and 1 100 times their compressed size. Who looks into an image without unpacking it reads up to 400 000 paths of all
            layers together, and documents of 16 MiB in it (its list of files: 48 MiB);
            who builds on it, paths of 40 MiB together. Whatever comes, no command needs more than 256 MiB of memory for it.

            At a limit reading stops: what comes after it costs nothing, be it 30 GB. On two processors, on 24 November 2026, each image below was
            decided in 1.4 s at most; the largest that the limits let through, or just not, took a whole command 6.5 s and 214 MB
            (`./test acceptance -k MemoryTests` makes them and prints both).

            """);
        foreach (var family in HostileCorpus.All.GroupBy(item => item.Family))
        {
            page.Append($"\n## {family.Key}\n\n| case | check | load | use | skopeo | umoci | podman | containerd |\n|---|---|---|---|---|---|---|---|\n");
            foreach (var item in family)
            {
                var words = record.Words.GetValueOrDefault(item.Id) ?? ["", "", "", ""];
                page.Append($"| {item.What} | {Checked(item.Verdict.Check)} | {item.Verdict.Load} | {Used(item.Verdict)} | ")
                    .AppendJoin(" | ", words.Select(word => word == "escapes" ? "**escapes**" : word)).Append(" |\n");
            }
        }

        return page.ToString();
    }

    private static string Checked(string rules) => rules.Length == 0 ? "nothing" : rules.Replace(" ", ", ", StringComparison.Ordinal);

    private static string Used(Verdict verdict) =>
        verdict.Unpack.StartsWith("NUA", StringComparison.Ordinal) ? verdict.Unpack : "inside";
}
