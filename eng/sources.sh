# Sourced by ./nua and eng/publish; needs $root. Tells whether artifacts/ was built from the sources that are there now.

# One line per source file: path, size, modification time. Compared as a whole, so a deleted file, a renamed one and one
# whose time went backwards all count as a change; looking for "newer" files would miss them.
nua_sources() {
    cd "$root"
    find src eng Directory.Build.props Directory.Packages.props global.json Nua.slnx \
        \( -name bin -o -name obj \) -prune -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort
}

nua_is_fresh() {
    [[ -x $root/artifacts/nua && -x $root/artifacts/nua-agent && -f $root/artifacts/.sources ]] &&
        cmp -s "$root/artifacts/.sources" <(nua_sources)
}
