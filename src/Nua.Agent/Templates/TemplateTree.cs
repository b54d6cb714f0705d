using System.Text;
using Nua.Agent.Linux;
using Nua.Agent.Settings;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Agent.Templates;

/// <summary>
/// Renders the tree /nua/scripts/templates into NUA_ETC: <c>*.j2</c> with the Jinja2 subset, <c>*.tmpl</c> with
/// <c>${NAME}</c>, anything else copied. Files appear by rename, closed to other users, because settings are often
/// secret.
/// </summary>
internal static class TemplateTree
{
    private const uint _file = 0x180;
    private const uint _program = 0x1C0;
    private const int _mostFiles = 10_000;

    /// <summary>Does nothing when the image has no templates.</summary>
    /// <exception cref="ProblemException">NUA6032: nowhere to write; NUA6033: a template is wrong, with
    /// file:line:column.</exception>
    public static void Render(Paths paths, AppEnvironment environment, IReadOnlyDictionary<string, object?> values)
    {
        if (!Directory.Exists(paths.Templates))
        {
            return;
        }

        var files = new List<string>();
        Collect(paths.Templates, "", files);
        if (files.Count == 0)
        {
            return;
        }

        if (environment.RunDirectory is null)
        {
            throw Refusal.NoRunDirectory();
        }

        var names = Names(environment.Variables, values);
        foreach (var file in files)
        {
            RenderFile(paths.Templates, file, environment.EtcDirectory, names);
        }
    }

    /// <summary>What templates see: metadata and build keys, then the environment over them; older ones say <c>env.NAME</c>.</summary>
    public static Dictionary<string, object?> Names(Variables variables, IReadOnlyDictionary<string, object?> values)
    {
        var names = new Dictionary<string, object?>(values, StringComparer.Ordinal);
        var env = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in variables.All)
        {
            env[name] = names[name] = value;
        }

        names.TryAdd("env", env);
        return names;
    }

    private static void Collect(string root, string below, List<string> files)
    {
        foreach (var name in DirectoryReader.Names(root + below))
        {
            var path = $"{below}/{name}";
            if (FileStatus.Of(root + path) is not { } status)
            {
                continue;
            }

            if (status.IsDirectory)
            {
                // A link to a folder could lead in circles.
                if (FileStatus.Of(root + path, followLinks: false) is { IsLink: false })
                {
                    Collect(root, path, files);
                }
            }
            else if (status.IsRegular && files.Count < _mostFiles)
            {
                files.Add(path);
            }
        }
    }

    private static void RenderFile(string root, string path, string target, Dictionary<string, object?> names)
    {
        var source = root + path;
        try
        {
            var bytes = File.ReadAllBytes(source);
            var output = path;
            if (path.EndsWith(".j2", StringComparison.Ordinal))
            {
                output = path[..^3];
                bytes = RawName.ToBytes(JinjaTemplate.Parse(Text(bytes)).Render(names));
            }
            else if (path.EndsWith(".tmpl", StringComparison.Ordinal))
            {
                output = path[..^5];
                bytes = RawName.ToBytes(DollarTemplate.Render(Text(bytes), names));
            }

            var isProgram = FileStatus.Of(source) is { } status && (status.Mode & 0x40) != 0;
            Write(target + output, bytes, isProgram ? _program : _file);
        }
        catch (TemplateError e)
        {
            throw Refusal.Template($"{Printable.Escape(source)}:{e.Position.Line}:{e.Position.Column}", e.Message);
        }
        catch (IOException e)
        {
            throw Refusal.InputOutput($"rendering {Printable.Escape(source)}: {e.Message}", e.HResult);
        }
    }

    private static string Text(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (ArgumentException)
        {
            throw new TemplateError(new Position(1, 1), "the template is not UTF-8");
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> bytes, uint mode)
    {
        CreateFolder(path[..path.LastIndexOf('/')]);
        var temporary = path + ".nua-new";
        var flags = Libc.OWrOnly | Libc.OCreat | Libc.OTrunc | Libc.ONoFollow | Libc.OCloExec;
        var fd = Posix.Check(Libc.Open(Posix.Path(temporary), flags, mode), "creating", temporary);
        try
        {
            FileBytes.WriteAll(fd, bytes, 0, temporary);
        }
        finally
        {
            _ = Libc.Close(fd);
        }

        Posix.Check(Libc.RenameAt2(Libc.AtFdCwd, Posix.Path(temporary), Libc.AtFdCwd, Posix.Path(path), 0),
            "renaming to", path);
    }

    private static void CreateFolder(string path)
    {
        if (Directory.Exists(path) || FolderAccess.TryCreate(path, FolderAccess.Private))
        {
            return;
        }

        CreateFolder(path[..path.LastIndexOf('/')]);
        if (!FolderAccess.TryCreate(path, FolderAccess.Private))
        {
            Posix.Throw(Posix.LastError, "creating", path);
        }
    }
}
