using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Nua.Agent;
using Nua.Agent.Backup;
using Nua.Foundation.Linux;

namespace Nua.Tests.Agent;

public sealed class BackupTests : IDisposable
{
    private readonly AgentImage _image = new();
    private readonly AgentImage _other = new();

    public void Dispose()
    {
        _image.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Hash_is_sha256_however_the_bytes_arrive() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[1, 130]).Sample((bytes, piece) =>
        {
            var hash = new Sha256();
            for (var i = 0; i < bytes.Length; i += piece)
            {
                hash.Append(bytes.AsSpan(i, Math.Min(piece, bytes.Length - i)));
            }

            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), hash.FinishHex());
        }, iter: 500);

    [Fact]
    public void Restore_gives_back_content_modes_times_links_attributes_and_holes()
    {
        FillWithEverything();
        Backup();

        RestoreToOther();

        Assert.Equal(Listing(_image), Listing(_other));
        Assert.Equal("7", _other.DataVersion);
        var sparse = FileStatusBlocks(_other.Data("sparse"));
        Assert.True(sparse < 200, $"{sparse} blocks");
    }

    [Fact]
    public void Manifest_comes_last_and_says_what_is_in_it()
    {
        FillWithEverything();
        Backup();

        var manifest = JsonNode.Parse(File.ReadAllText(_image.At("/nua/backup/manifest.json")))!;
        Assert.Equal("notes", (string)manifest["app_id"]!);
        Assert.Equal(7, (int)manifest["data_version"]!);
        Assert.Equal("cold", (string)manifest["mode"]!);
        var file = manifest["files"]!.AsArray().Single(entry => (string?)entry!["path"] == "volumes/data/again.db")!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("rows"u8)), (string)file["sha256"]!);
        Assert.Equal("0640", (string)file["mode"]!);
        Assert.Equal(["manifest.json", "volumes"],
            Directory.GetFileSystemEntries(_image.At("/nua/backup")).Select(Path.GetFileName).Order());
        Assert.False(Directory.Exists(_image.At("/nua/backup/volumes/cache")));
    }

    [Fact]
    public void Backup_that_was_cut_off_is_started_over_and_a_finished_one_is_left_alone()
    {
        FillWithEverything();
        _image.Write("/nua/backup/.nua-partial", "");
        _image.Write("/nua/backup/volumes/data/half", "x");
        Backup();
        Assert.False(File.Exists(_image.At("/nua/backup/volumes/data/half")));

        var before = File.ReadAllText(_image.At("/nua/backup/manifest.json"));
        Backup();
        Assert.Equal(before, File.ReadAllText(_image.At("/nua/backup/manifest.json")));
    }

    [Fact]
    public void Backup_into_a_folder_with_foreign_files_exits_73_and_leaves_them()
    {
        _image.Write("/nua/backup/precious", "x");

        Assert.Equal(ExitCode.CannotWrite, _image.Do("backup"));
        Assert.Equal(["precious"], Directory.GetFileSystemEntries(_image.At("/nua/backup")).Select(Path.GetFileName));
    }

    [Fact]
    public void Cold_backup_of_running_data_exits_75()
    {
        FillWithEverything();
        using var held = Nua.Agent.Data.DataLock.Take(new Nua.Agent.Data.DataFolder(_image.At("/nua/data")),
            shared: false);

        Assert.Equal(ExitCode.Temporary, _image.Do("backup"));
        Assert.Empty(Directory.GetFileSystemEntries(_image.At("/nua/backup")));
    }

    [Fact]
    public void Backup_of_a_never_started_instance_works_and_restores_to_nothing()
    {
        Backup();
        RestoreToOther();

        Assert.Null(_other.DataVersion);
    }

    [Fact]
    public void Backup_and_restore_by_command_go_through_the_manifest_too()
    {
        _image.Write("/nua/data/.nua/data-version", "7\n");
        _image.Runtime["data_version"] = 7;
        _other.Runtime["data_version"] = 7;
        _image.Command("backup", "echo dump > $NUA_BACKUP_DIR/dump.sql");
        _other.Command("restore",
            "cp $NUA_BACKUP_DIR/dump.sql $NUA_DATA_DIR/loaded; echo $NUA_FROM_DATA_VERSION >> $NUA_DATA_DIR/loaded");
        Assert.Equal(ExitCode.Done, _image.Do("backup"));

        Assert.Equal(ExitCode.Done, Restore());
        Assert.Equal("dump\n7\n", File.ReadAllText(_other.Data("loaded")));
        Assert.Equal("7", _other.DataVersion);

        _other.Runtime["app_id"] = "wiki";
        Assert.Equal(ExitCode.Data, Restore());
    }

    [Fact]
    public void Backup_command_that_leaves_nothing_fails_and_seals_nothing()
    {
        _image.Command("backup", "true");

        Assert.Equal(ExitCode.Failed, _image.Do("backup"));
        Assert.False(File.Exists(_image.At("/nua/backup/manifest.json")));
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("remove")]
    [InlineData("longer")]
    [InlineData("manifest")]
    [InlineData("cut")]
    [InlineData("none")]
    [InlineData("app")]
    [InlineData("newer")]
    [InlineData("escape")]
    [InlineData("link")]
    [InlineData("time without a point")]
    [InlineData("nanoseconds")]
    [InlineData("permissions")]
    [InlineData("no permissions")]
    public void Restore_of_a_wrong_backup_exits_65_before_any_change(string damage)
    {
        FillWithEverything();
        Backup();
        Damage(damage);

        Assert.Equal(ExitCode.Data, Restore());
        Assert.Empty(Directory.GetFileSystemEntries(_other.At("/nua/data")));
        Assert.False(File.Exists(_other.At("/nua/stolen")));
    }

    [Fact]
    public void Every_changed_byte_of_a_manifest_is_found()
    {
        FillWithEverything();
        Backup();
        var manifest = _image.At("/nua/backup/manifest.json");
        var bytes = File.ReadAllBytes(manifest);
        var text = Encoding.UTF8.GetString(bytes);
        // What only the manifest knows, and anything.
        var random = new Random(9);
        int[] places = [text.IndexOf("\"data_version\": 7", StringComparison.Ordinal) + 3, text.IndexOf("\"mtime\": ", StringComparison.Ordinal) + 15,
            text.IndexOf("\"mode\": \"0", StringComparison.Ordinal) + 11, .. Enumerable.Range(0, 200).Select(_ => random.Next(bytes.Length))];
        foreach (var at in places)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= (byte)(1 << random.Next(7));
            File.WriteAllBytes(manifest, damaged);
            Assert.True(Restore() == ExitCode.Data, $"byte {at} became {damaged[at]}");
        }

        Assert.Empty(Directory.GetFileSystemEntries(_other.At("/nua/data")));
        File.WriteAllBytes(manifest, bytes);
        RestoreToOther();
    }

    [Fact]
    public void Restore_onto_used_data_exits_65()
    {
        FillWithEverything();
        Backup();
        _other.Write("/nua/data/mine", "x");

        Assert.Equal(ExitCode.Data, Restore());
        Assert.Equal("x", File.ReadAllText(_other.Data("mine")));
    }

    [Fact]
    public void Restore_that_was_cut_off_is_done_again_and_a_finished_one_is_a_success_without_effect()
    {
        FillWithEverything();
        Backup();
        var identity = Convert.ToHexStringLower(
            SHA256.HashData(File.ReadAllBytes(_image.At("/nua/backup/manifest.json"))));
        _other.Write("/nua/data/.nua/restoring", identity + "\n");
        _other.Write("/nua/data/notes.db", "half");
        _other.Write("/nua/data/folder/deep", "half");

        RestoreToOther();
        Assert.Equal("rows", File.ReadAllText(_other.Data("notes.db")));
        Assert.Equal(Listing(_image), Listing(_other));

        File.WriteAllText(_other.Data("notes.db"), "changed since");
        RestoreToOther();
        Assert.Equal("changed since", File.ReadAllText(_other.Data("notes.db")));
    }

    [Fact]
    public void Older_backup_is_restored_with_its_own_version_for_upgrade_to_go_on()
    {
        FillWithEverything();
        Backup();
        _other.Runtime["upgrade_from"] = 7;
        RestoreToOther(dataVersion: 9);

        Assert.Equal("7", _other.DataVersion);
    }

    private void FillWithEverything()
    {
        _image.Runtime["data_version"] = 7;
        _image.Write("/nua/data/.nua/data-version", "7\n");
        _image.Write("/nua/data/.nua/app-id", "notes\n");
        _image.Write("/nua/data/notes.db", "rows", mode: 0x1A0);
        _image.Write("/nua/data/folder/deep", "x", mode: 0x924);
        _image.Write("/nua/data/empty", "");
        _image.Write("/nua/cache/thumb", "x");
        File.CreateSymbolicLink(_image.Data("folder/link"), "../nowhere");
        Check(Libc.LinkAt(Libc.AtFdCwd, Path_("notes.db"), Libc.AtFdCwd, Path_("again.db"), 0));
        Check(Libc.MknodAt(Libc.AtFdCwd, Path_("pipe"), 0x1000 | 0x180, 0));
        var odd = RawName.ToBytes(_image.Data("b\udcffd\nname"), terminate: true);
        _ = Libc.Close(Libc.Open(odd, Libc.OCreat | Libc.OWrOnly, 0x180));
        using (var sparse = File.Create(_image.Data("sparse")))
        {
            sparse.Seek(1 << 20, SeekOrigin.Begin);
            sparse.Write("end"u8);
            sparse.SetLength(2 << 20);
        }

        File.SetLastWriteTimeUtc(_image.Data("notes.db"),
            new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc).AddTicks(1234567));
        AgentImage.SetMode(_image.Data("folder"), 0x16D);
        Directory.SetLastWriteTimeUtc(_image.Data("folder"), new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        static void Check(int result) => Posix.Check(result, "preparing");
        byte[] Path_(string name) => Posix.Path(_image.Data(name));
    }

    private void Backup() => Assert.True(_image.Do("backup") == ExitCode.Done, _image.LastProblem?.Message);

    private int Restore()
    {
        _other.Variables["NUA_BACKUP_DIR"] = _image.At("/nua/backup");
        _other.Runtime["data_version"] ??= 7;
        if ((int)_other.Runtime["data_version"]! == 0)
        {
            _other.Runtime["data_version"] = 7;
        }

        return _other.Do("restore");
    }

    private void RestoreToOther(int dataVersion = 7)
    {
        _other.Runtime["data_version"] = dataVersion;
        Assert.True(Restore() == ExitCode.Done, _other.LastProblem?.Message);
    }

    private void Damage(string damage)
    {
        var file = _image.At("/nua/backup/volumes/data/notes.db");
        var manifest = _image.At("/nua/backup/manifest.json");
        var text = File.ReadAllText(manifest);
        switch (damage)
        {
            case "flip":
                File.WriteAllText(file, "rowt");
                break;
            case "remove":
                File.Delete(file);
                break;
            case "longer":
                File.AppendAllText(file, "x");
                break;
            case "manifest":
                Reseal(manifest, text.Replace("\"size\": 4", "\"size\": 5", StringComparison.Ordinal));
                break;
            case "cut":
                File.WriteAllText(manifest, text[..(text.Length / 2)]);
                break;
            case "none":
                File.Delete(manifest);
                break;
            case "app":
                _other.Runtime["app_id"] = "wiki";
                break;
            case "newer":
                _other.Runtime["data_version"] = 6;
                break;
            case "escape":
                Reseal(manifest,
                    text.Replace("volumes/data/empty", "volumes/data/../../stolen", StringComparison.Ordinal));
                break;
            case "link":
                // A file below a name that is a link in the backup.
                Reseal(manifest,
                    text.Replace("volumes/data/folder/deep", "volumes/data/folder/link/deep",
                    StringComparison.Ordinal));
                break;
            case "time without a point":
                Reseal(manifest, Regex.Replace(text, "(\"mtime\": \"[0-9]+)[.]", "$1"));
                break;
            case "nanoseconds":
                Reseal(manifest, Regex.Replace(text, "(\"mtime\": \"[0-9]+)[.][0-9]+", "$1.1000000000"));
                break;
            case "permissions":
                Reseal(manifest, text.Replace("\"mode\": \"0640\"", "\"mode\": \"-640\"", StringComparison.Ordinal));
                break;
            case "no permissions":
                Reseal(manifest, text.Replace("\"mode\": \"0640\"", "\"mode\": \"\"", StringComparison.Ordinal));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(damage), damage, "no such damage");
        }
    }

    /// <summary>As somebody does who means harm: the hash at the end is right.</summary>
    private static void Reseal(string manifest, string text)
    {
        var content = text[..text.LastIndexOf(",\n  \"sha256\"", StringComparison.Ordinal)];
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        File.WriteAllText(manifest, $"{content},\n  \"sha256\": \"{hash}\"\n}}");
    }

    private static List<string> Listing(AgentImage image)
    {
        using var find = Process.Start(
            new ProcessStartInfo("sh",
            ["-c", "find . -path ./.nua -prune -o ! -path . -printf '%P %y %m %U %G %T@ %s %l %n\\n' | sort; find . -type f ! -path './.nua/*' -exec sha256sum {} + | sort"])
        {
            WorkingDirectory = image.At("/nua/data"),
            RedirectStandardOutput = true,
        })!;

        // The size of a folder is the file system's own affair.
        return [.. find.StandardOutput.ReadToEnd().Split(
            '\n').Select(line =>
            line.Contains(" d ", StringComparison.Ordinal)
            ? line[..line.LastIndexOf(' ')].Replace(" 4096 ", " ", StringComparison.Ordinal) : line)];
    }

    private static long FileStatusBlocks(string path)
    {
        using var stat = Process.Start(
            new ProcessStartInfo("stat", ["-c", "%b", path]) { RedirectStandardOutput = true })!;
        return long.Parse(stat.StandardOutput.ReadToEnd());
    }
}
